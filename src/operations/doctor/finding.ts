import { toStreamError } from '../../errors.ts'

/** What one check found. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly name: string
  /** What is so. */
  readonly what: string
  /** What to do about it; null: nothing, or `what` says it. */
  readonly fix: string | null
}

/** One check. It returns its findings; when it throws, that is a finding too. */
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

/** All checks side by side, each with a time limit; findings in the order of the checks. None stops another. */
export async function runChecks(checks: readonly Check[], limitMs: number): Promise<readonly Finding[]> {
  const findings = await Promise.all(checks.map((check) => runCheck(check, limitMs)))
  return findings.flat()
}

async function runCheck({ name, run }: Check, limitMs: number): Promise<readonly Finding[]> {
  const ending = new AbortController()
  const late = Promise.withResolvers<readonly Finding[]>()
  const timer = setTimeout(() => {
    late.resolve([fail(name, `no answer within ${limitMs / 1000} s`, 'see whether it can be reached from here')])
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
