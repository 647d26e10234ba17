/**
 * The text without any of these characters at its end. Linear in the length: a regular expression (`/0+$/`) starts
 * again at every such character and takes quadratic time on untrusted text.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
