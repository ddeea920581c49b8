// The notice that a page opened from the disk shows, because it cannot start there in any browser.

/** Its text, read inside of a page; empty where it is not shown. */
export function noticeFromFile(): string {
  const notice = document.getElementById('from-file');
  return notice === null || notice.offsetHeight === 0 ? '' : notice.innerText;
}
