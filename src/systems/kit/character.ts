import { text, type ValueKind } from '../../configuration/setting.ts'

/** A setting of one character, or a word for a character that can't be written. */
export const character = (word: string): ValueKind<string> => ({
  ...text({ expected: `one character, or ${word}` }),
  parse: (given) => (typeof given === 'string' && (given.length === 1 || given === word) ? given : undefined),
})
