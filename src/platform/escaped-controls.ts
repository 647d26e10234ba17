/** Control characters, separators of lines, and characters that reverse the direction of what follows. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** The text with its control characters escaped, but those in `kept`: text of others cannot move a terminal's cursor. */
export function escapedControls(text: string, kept = ''): string {
  return text.replaceAll(CONTROL, (control) => {
    if (kept.includes(control)) return control
    return control === '\n' ? '\\n' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
