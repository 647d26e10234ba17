import { toStreamError } from '../../errors.ts'

/** A result of a check. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly name: string
  readonly what: string
  /** How to fix it; null: no action is needed, or `what` names it. */
  readonly fix: string | null
}

/** Returns findings; an error that it throws becomes a finding too. */
export interface Check {
  readonly name: string
  run(signal: AbortSignal): Promise<readonly Finding[]>
}

export function ok(name: string, what: string): Finding {
  return { level: 'ok', name, what, fix: null }
}

export function warn(name: string, what: string, fix: string | null = null): Finding {
  return { level: 'warn', name, what, fix }
}

export function fail(name: string, what: string, fix: string | null = null): Finding {
  return { level: 'fail', name, what, fix }
}

/**
 * Runs all checks concurrently, each with a time limit. Findings keep the order of the checks; no check stops another.
 */
export async function runChecks(checks: readonly Check[], limitMs: number): Promise<readonly Finding[]> {
  const findings = await Promise.all(checks.map((check) => runCheck(check, limitMs)))
  return findings.flat()
}

async function runCheck({ name, run }: Check, limitMs: number): Promise<readonly Finding[]> {
  const ending = new AbortController()
  const late = Promise.withResolvers<readonly Finding[]>()
  const timer = setTimeout(() => {
    late.resolve([fail(name, `no answer within ${limitMs / 1000} s`, 'check whether this machine can reach it')])
    ending.abort()
  }, limitMs)
  try {
    return await Promise.race([run(ending.signal), late.promise])
  } catch (thrown) {
    const { code, message } = toStreamError(thrown)
    return [fail(name, `${code}: ${message}`)]
  } finally {
    clearTimeout(timer)
  }
}
