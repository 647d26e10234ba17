import { StreamError } from '../errors.ts'

/** A regular expression in RE2 syntax, and extra conditions at the beginning or end of the text. */
export interface TranslatedPattern {
  readonly text: string
  readonly conditions: readonly { readonly text: string; readonly holds: boolean }[]
  /** Approximate steps per character of a text. */
  readonly size: number
  /** It has no repetition and few alternatives: any engine is fast with it. */
  readonly isSimple: boolean
}

/** A part of a pattern in RE2 syntax, and its size. */
interface Part {
  readonly text: string
  readonly size: number
}

/** Maximum characters or classes of a pattern with its repetitions written out. */
const MOST_SIZE = 1_000
/** Each alternative may double the ways to match a text. */
const MOST_ALTERNATIVES = 8
/** A Unicode class takes more steps than a class of letters. */
const UNICODE_SIZE = 4

const SPACES = '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}'
const NO_SPACES =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}' +
  '\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}'
const ANY = '[^\\n\\r\\x{2028}\\x{2029}]'
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }

/**
 * Translates a valid JavaScript regular expression for RE2. Throws `configuration_invalid` for constructs that take
 * more than linear time: back references, and look-around anywhere but right after `^` or right before `$`.
 */
export function translatePattern(source: string): TranslatedPattern {
  return new Translation(source).whole()
}

class Translation {
  readonly #source: string
  readonly #conditions: { text: string; holds: boolean }[] = []
  #at = 0
  #depth = 0
  #size = 0

  constructor(source: string) {
    this.#source = source
  }

  whole(): TranslatedPattern {
    const begins = this.#eat('^')
    const looks = /^\(\?(?<kind>[=!])/
    for (let look = looks.exec(this.#rest()); begins && look !== null; look = looks.exec(this.#rest())) {
      this.#at += look[0].length
      this.#condition('^', look.groups?.['kind'] === '=', '')
    }
    const { text, size } = this.#alternatives()
    if (this.#conditions.length > 0 && this.#hasAlternatives) throw lookAround()
    return {
      text: begins ? `^${text}` : text,
      conditions: this.#conditions,
      size: this.#checked(this.#size + size),
      isSimple: !this.#repeats && this.#alternativeCount <= MOST_ALTERNATIVES,
    }
  }

  #hasAlternatives = false
  #alternativeCount = 0
  #repeats = false

  #rest(): string {
    return this.#source.slice(this.#at)
  }

  #eat(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #checked(size: number): number {
    if (size <= MOST_SIZE) return size
    const way = 'repeat less, or check the length with maxLength'
    throw refused(`its repetitions, written out, exceed ${MOST_SIZE} characters; ${way}`)
  }

  #condition(before: string, holds: boolean, after: string): void {
    this.#depth += 1
    const { text, size } = this.#alternatives()
    this.#depth -= 1
    this.#at += 1
    this.#size += size
    this.#conditions.push({ text: `${before}(?:${text})${after}`, holds })
  }

  #alternatives(): Part {
    let [text, size] = ['', 0]
    for (;;) {
      const next = this.#source[this.#at]
      if (next === undefined || (next === ')' && this.#depth > 0)) return { text, size: this.#checked(size) }
      if (next === '|') {
        this.#at += 1
        text += '|'
        this.#alternativeCount += 1
        if (this.#depth === 0) this.#hasAlternatives = true
        continue
      }
      const part = this.#repeated(this.#atom())
      text += part.text
      size += part.size
    }
  }

  #atom(): Part {
    const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
    this.#at += char.length
    if (char === '^' || char === '$') return { text: char, size: 1 }
    if (char === '.') return { text: ANY, size: 1 }
    if (char === '(') return this.#group()
    if (char === '[') return this.#class()
    if (char === '\\') return this.#escape()
    return { text: literal(char), size: 1 }
  }

  #group(): Part {
    const [begin = ''] = /^\?(?:<[=!]|<[^>]*>|[a-z]*(?:-[a-z]*)?[:=!])/i.exec(this.#rest()) ?? []
    this.#at += begin.length
    if (/^\?<[=!]/.test(begin) && this.#depth === 0) {
      this.#condition('', begin === '?<=', '$')
      if (this.#rest() !== '$') throw lookAround()
      return { text: '', size: 0 }
    }
    if (/[=!]$/.test(begin)) throw lookAround()
    if (/^\?[a-z]*s/i.test(begin)) throw refused('(?s:…) is not supported; write [^] for any character')
    this.#depth += 1
    const { text, size } = this.#alternatives()
    this.#depth -= 1
    this.#at += 1
    return { text: `(${begin.endsWith(':') ? begin : '?:'}${text})`, size }
  }

  #repeated({ text, size }: Part): Part {
    const [count = '', least = '1', most = least] = /^(?:[*+?]|\{(\d+)(?:,(\d*))?\})/.exec(this.#rest()) ?? []
    if (count === '') return { text, size }
    this.#at += count.length
    this.#repeats = true
    // Lazy or greedy makes no difference to whether there is a match.
    this.#eat('?')
    const times = Math.max(1, Number(least), Number(most))
    return { text: `${text}${count}`, size: this.#checked(size * times + 1) }
  }

  #class(): Part {
    const negated = this.#eat('^')
    if (this.#eat(']')) {
      if (negated) return { text: '[\\x{0}-\\x{10ffff}]', size: 1 }
      throw refused('[] matches nothing; remove it')
    }
    let [text, size] = ['', 1]
    while (!this.#eat(']')) {
      const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0)
      this.#at += char.length
      if (char === '\\') {
        const part = this.#escape(true)
        text += part.text
        size = Math.max(size, part.size)
      } else text += char === '-' ? '-' : literal(char)
    }
    return { text: `[${negated ? '^' : ''}${text}]`, size }
  }

  /** What follows a backslash. */
  #escape(inClass = false): Part {
    const one = (text: string): Part => ({ text, size: 1 })
    const rest = this.#rest()
    const [property] = /^[pP]\{[^}]*\}/.exec(rest) ?? []
    if (property !== undefined) return this.#property(property)
    const [code, hex] = /^(?:x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]+)\})/i.exec(rest)?.filter(Boolean) ?? []
    if (code !== undefined && hex !== undefined) return this.#coded(code, hex)
    const [char = '', control = ''] = /^(?:c([a-z])|.?)/isu.exec(rest) ?? []
    this.#at += char.length
    if (control !== '') return one(coded(control.charCodeAt(0) % 32))
    if (char === 's') return one(inClass ? SPACES : `[${SPACES}]`)
    if (char === 'S') return one(inClass ? NO_SPACES : `[${NO_SPACES}]`)
    if (char === 'b' && inClass) return one(coded(8))
    if (/^[dDwWbB]$/.test(char)) return one(`\\${char}`)
    const named = CONTROLS[char]
    if (named !== undefined) return one(coded(named))
    if (/^[1-9k]$/.test(char)) throw refused(`\\${char} refers back to a group; write out its possible values`)
    return one(literal(char))
  }

  #property(property: string): Part {
    this.#at += property.length
    const [, kind, name = ''] = /^([pP])\{(?:\w+=)?(.*)\}$/.exec(property) ?? []
    return { text: `\\${kind}{${name}}`, size: UNICODE_SIZE }
  }

  /** A character by its number; surrogate halves of one character are combined. */
  #coded(code: string, hex: string): Part {
    this.#at += code.length
    const number = Number.parseInt(hex, 16)
    const [low, second = ''] = /^\\u(d[c-f][0-9a-f]{2})/i.exec(this.#rest()) ?? []
    if (low === undefined || number < 0xd800 || number > 0xdbff) return { text: coded(number), size: 1 }
    this.#at += low.length
    return { text: coded((number - 0xd800) * 0x400 + Number.parseInt(second, 16) - 0xdc00 + 0x10000), size: 1 }
  }
}

const coded = (number: number): string => `\\x{${number.toString(16)}}`

/** Letters, digits and non-ASCII characters stay as they are; everything else is escaped. */
function literal(char: string): string {
  return /^[\w\s]$/.test(char) || char > '\x7f' ? char : `\\${char}`
}

function refused(reason: string): StreamError {
  return new StreamError('configuration_invalid', `can't be matched in linear time: ${reason}`)
}

function lookAround(): StreamError {
  return refused(
    'it looks ahead or behind, which works only right after ^ and right before $, without alternatives (|) ' +
      'beside it; write the pattern without it, or list the values',
  )
}
