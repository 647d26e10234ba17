import { type Document, parseDocument, stringify } from 'yaml'
import { texts } from '../../texts.ts'

/** As configuration files are written. */
export function yamlOf(document: unknown): string {
  return document === null || document === undefined ? '' : stringify(document, { lineWidth: 120 })
}

/** What is wrong with a text. */
export interface Mistake {
  readonly message: string
  /** From 1; null: not known. */
  readonly line: number | null
}

type Parsed =
  | { readonly document: Document; readonly value: unknown; readonly mistake: null }
  | { readonly mistake: Mistake }

/** A YAML text with its value, which JSON can represent too; or its first mistake. Never throws. */
export function parseYaml(text: string): Parsed {
  try {
    const document = parseDocument(text, { prettyErrors: true })
    const [error] = document.errors
    if (error !== undefined) {
      const [message = ''] = error.message.split(/ at line |\n/)
      return { mistake: { message, line: error.linePos?.[0].line ?? null } }
    }
    const value: unknown = document.toJS()
    // A value that can't be sent is invalid too.
    JSON.stringify(value)
    return { document, value, mistake: null }
  } catch (error) {
    return { mistake: { message: messageOf(error), line: null } }
  }
}

type ReadYaml = { readonly value: unknown; readonly problem: null } | { readonly problem: Mistake }

/** The value of a YAML text, or what is wrong. */
export function readYaml(text: string): ReadYaml {
  const parsed = parseYaml(text)
  return parsed.mistake === null ? { value: parsed.value, problem: null } : { problem: parsed.mistake }
}

/** A mistake with its line, if known. */
export function mistakeText({ message, line }: Mistake): string {
  return line === null ? message : `${texts.document.line(line)}: ${message}`
}

function messageOf(error: unknown): string {
  // Deep nesting overflows the parser's stack, and JSON can't represent a value that contains itself.
  if (error instanceof RangeError) return texts.document.tooDeep
  if (error instanceof TypeError) return texts.document.withinItself
  return texts.document.unreadable(error instanceof Error ? error.message : String(error))
}
