import { StreamError, toStreamError } from '../errors.ts'

/** Form of a reference: `env:NAME` or `file:/absolute/path`. */
export const REFERENCE = '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$'

/** The value behind a reference. Throws `configuration_invalid`, which names the reference and never the value. */
export type ResolveReference = (reference: string) => Promise<string>

const pattern = new RegExp(REFERENCE)

export function isReference(text: string): boolean {
  return pattern.test(text)
}

/** Resolves references against the given environment and files; a file's last line break is not part of its value. */
export function createResolver(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => Promise<string>,
): ResolveReference {
  return async (reference) => {
    if (reference.startsWith('env:')) return fromEnvironment(reference, env[reference.slice('env:'.length)])
    if (reference.startsWith('file:/')) return fromFile(reference, readFile)
    throw new StreamError('configuration_invalid', 'a secret is no reference; write env:NAME or file:/path')
  }
}

function fromEnvironment(reference: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value
  throw new StreamError('configuration_invalid', `${reference} is not set; set this environment variable`, {
    field: reference,
  })
}

async function fromFile(reference: string, readFile: (path: string) => Promise<string>): Promise<string> {
  const text = await readFile(reference.slice('file:'.length)).catch((cause: unknown) => {
    const reason = toStreamError(cause).message
    throw new StreamError(
      'configuration_invalid',
      `${reference} can't be read (${reason}); mount or create this file`,
      {
        field: reference,
        cause,
      },
    )
  })
  const value = text.replace(/\r?\n$/, '')
  if (value !== '') return value
  throw new StreamError('configuration_invalid', `${reference} is empty; write the value into this file`, {
    field: reference,
  })
}
