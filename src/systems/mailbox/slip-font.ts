import { createRequire } from 'node:module'
import { type Font, openSync } from 'fontkit'

const require = createRequire(import.meta.url)

/** Files of a font with Latin, Greek and Cyrillic letters; the fonts of PDF itself have Western European ones only. */
export const slipFonts = {
  regular: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
} as const

/** Stands for a character that the slip can't print; the font has it. */
export const UNPRINTABLE = '▯'

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** Written from right to left, or with letters that change their form: printed one by one they are wrong. */
const COMPLEX = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

let opened: Font | undefined

/** The text with `UNPRINTABLE` in place of each character that would come out as another one, or as none. */
export function printable(text: string): string {
  const normal = text.normalize('NFC')
  if (/^[\x20-\x7E]*$/.test(normal)) return normal
  const font = regularFont()
  const isThere = (character: string) =>
    !COMPLEX.test(character) && [...character].every((one) => font.hasGlyphForCodePoint(one.codePointAt(0) ?? 0))
  return [...characters.segment(normal)].map(({ segment }) => (isThere(segment) ? segment : UNPRINTABLE)).join('')
}

function regularFont(): Font {
  if (opened === undefined) {
    const font = openSync(slipFonts.regular)
    if (!('hasGlyphForCodePoint' in font)) throw new Error(`${slipFonts.regular} is a collection of fonts`)
    opened = font
  }
  return opened
}
