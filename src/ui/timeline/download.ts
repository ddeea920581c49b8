// Hands a file to the person at the page.

/** Saves a text or a blob under a name. */
export function download(fileName: string, content: string | Blob, type = 'application/json'): void {
  const address = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address); // the download holds on to what it began with
}
