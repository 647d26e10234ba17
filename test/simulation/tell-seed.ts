import type { Guard } from './guards.ts'
import { runSeed } from './run-seed.ts'
import { Trace } from './trace.ts'

/** A seed that failed, for people: the guarantee, what is wrong, and the last steps, by running it once more. */
export async function tellSeed(seed: number, guard: Guard | null, steps: number): Promise<string> {
  const trace = new Trace(steps)
  const { violations, virtualMs } = await runSeed(seed, guard, trace)
  return [
    `seed ${seed}, ${(virtualMs / 1000).toFixed(1)} s of virtual time:`,
    ...violations.slice(0, 5).map((violation) => `  ${violation}`),
    `its last ${steps} steps (milliseconds, who, what):`,
    ...trace.last().map((line) => `  ${line}`),
  ].join('\n')
}
