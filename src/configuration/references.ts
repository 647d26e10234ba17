import { StreamError, toStreamError } from '../errors.ts'
import { type AwsSecrets, createAwsSecrets } from './aws-secrets.ts'
import { readFileWithin } from './file-within.ts'
import { parseReference, REFERENCE_FORMS, type Reference } from './reference-form.ts'
import { type SecretRules, secretRulesOf } from './secret-rules.ts'

/**
 * Resolves a reference to a secret of a system. Throws `configuration_invalid`, which names the reference but never the
 * value, when the system may not use it or it can't be resolved.
 */
export type ResolveReference = (system: string, reference: string) => Promise<string>

/** Resolves references to this environment, to files of this machine and to AWS, within the rules of the operator. */
export function createResolver(env: Readonly<Record<string, string | undefined>>): ResolveReference {
  const rules = secretRulesOf(env)
  const aws = createAwsSecrets(env)
  return async (system, text) => {
    const reference = parseReference(text)
    if (reference === null) {
      const message = `a secret of ${system} is not a reference; write ${REFERENCE_FORMS}, never the value`
      throw new StreamError('configuration_invalid', message, { field: 'secrets' })
    }
    const refusal = rules.refusal(system, reference)
    if (refusal !== null) throw referenceError(text, refusal)
    const value = await lookUp(reference, text, { system, env, rules, aws })
    if (value !== '') return value
    throw referenceError(text, 'is empty; write the value there')
  }
}

interface Context {
  readonly system: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly rules: SecretRules
  readonly aws: AwsSecrets
}

/** Reads the value; the line break at the end of a file is not part of it. */
async function lookUp(reference: Reference, text: string, { system, env, rules, aws }: Context): Promise<string> {
  if (reference.form === 'env') {
    const value = env[reference.name]
    if (value !== undefined && value !== '') return value
    throw referenceError(text, 'is not set; set this environment variable')
  }
  if (reference.form === 'aws-secret' || reference.form === 'aws-ssm') return await fromAws(reference, text, aws)
  try {
    const within = rules.isListedFile(system, reference.path) ? null : rules.directory
    return (await readFileWithin(reference.path, within, rules.ownFiles)).replace(/\r?\n$/, '')
  } catch (cause) {
    throw referenceError(text, `can't be read (${toStreamError(cause).message}); mount or create this file`, cause)
  }
}

/** Errors contain only the name of an AWS error, because its messages may contain confidential details. */
async function fromAws(reference: Parameters<AwsSecrets['get']>[0], text: string, aws: AwsSecrets): Promise<string> {
  try {
    return await aws.get(reference)
  } catch (cause) {
    const reason = cause instanceof StreamError ? cause.message : cause instanceof Error ? cause.name : 'no answer'
    throw referenceError(text, `can't be read (${reason}); create it in AWS, and let the program's role read it`, cause)
  }
}

function referenceError(reference: string, problem: string, cause?: unknown): StreamError {
  return new StreamError('configuration_invalid', `${reference} ${problem}`, { field: reference, cause })
}
