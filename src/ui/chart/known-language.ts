// uPlot makes a number format of `navigator.language` as soon as it is loaded. Under LANG=C WebKitGTK calls the language `C`, which Intl
// refuses with an exception, and no chart could be shown. Imported before uPlot.

try {
  Intl.NumberFormat.supportedLocalesOf(navigator.language);
} catch {
  // Not a language tag: uPlot's numbers, which the page formats itself anyway, may as well be English.
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
