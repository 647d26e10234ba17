import { writeFileSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

/** What was thrown outside any test: it fails the run, and the JSON report does not hold it. */
export interface StrayError {
  readonly message: string
  /** The test file that ran then, as far as it is known. */
  readonly file: string | null
}

/** Writes them beside the report, `<report>.stray.json`: an array of `StrayError`, empty where there was none. */
export default class StrayErrorsReporter implements Reporter {
  readonly #report = process.env['WALDSTREAM_TEST_REPORT']

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    if (this.#report === undefined) return
    const stray = errors.map((error): StrayError => {
      const { name, message, stack } = error
      return { message: stack ?? `${name ?? 'Error'}: ${message}`, file: fileOf(error) }
    })
    writeFileSync(`${this.#report}.stray.json`, JSON.stringify(stray))
  }
}

/** Vitest notes where an error came from under a name that its types do not have. */
function fileOf(error: SerializedError): string | null {
  const file: unknown = error['VITEST_TEST_PATH']
  return typeof file === 'string' ? file : null
}
