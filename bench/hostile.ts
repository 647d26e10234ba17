import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { AttributeRule } from '../src/configuration/model.ts'
import { closeExpressionThreads, createEvaluate, type Evaluate } from '../src/rules/mapping/evaluate.ts'
import { mapAttributes } from '../src/rules/mapping.ts'
import { ruleWith } from '../test/data/configuration.ts'
import { hostileExpressions, hostileInput } from '../test/data/hostile-rules.ts'

/** Entities of the honest connection beside each hostile one. */
const HONEST = 20
const SLOWEST_SHOWN = 5

/** Milliseconds. */
interface Beside {
  readonly what: string
  /** Until the honest connection's entities were mapped. */
  readonly honest: number
  /** Until the hostile one was mapped, or had failed. */
  readonly hostile: number
  /** That nothing else could be done. */
  readonly silent: number
  /** Of one turn of the event loop, while its thread had work: what is not the machine's being busy. */
  readonly busy: number
}

const honestRules = [ruleWith('a', { expression: 'sku & "-" & $multiply(price, "2")' })]

/** How long an honest connection waits, and the event loop is silent, beside each hostile expression; in this process alone. */
export async function measureHostile(): Promise<string> {
  const measured: Beside[] = []
  for (const { what, expression } of hostileExpressions) {
    measured.push(await beside(what, ruleWith('a', { expression })))
  }
  await closeExpressionThreads()
  const worst = (of: 'honest' | 'silent' | 'busy') => Math.max(...measured.map((one) => one[of])).toFixed(0)
  const slowest = measured.toSorted((a, b) => b.hostile - a.hostile).slice(0, SLOWEST_SHOWN)
  return [
    `${measured.length} hostile expressions, each beside ${HONEST} entities of an honest connection, in ms at worst:`,
    `honest connection mapped after ${worst('honest')}; event loop silent for ${worst('silent')}, ${worst('busy')} of them busy`,
    ...slowest.map(
      ({ what, hostile, honest }) => `  ${what}: ended after ${hostile.toFixed(0)}, honest after ${honest.toFixed(0)}`,
    ),
  ].join('\n')
}

async function beside(what: string, rule: AttributeRule): Promise<Beside> {
  const evaluate = createEvaluate()
  // Both have a thread that runs already.
  await Promise.all([
    honest(evaluate, 1),
    mapAttributes(honestRules, { sku: 'S', price: '1' }, { connection: 'hostile', evaluate }),
  ])
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  let [busy, last] = [0, process.threadCpuUsage()]
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    busy = Math.max(busy, (user + system) / 1e3)
    last = process.threadCpuUsage()
  }, 5)
  const startedAt = performance.now()
  const took = async (work: Promise<unknown>) => {
    await work.catch(() => undefined)
    return performance.now() - startedAt
  }
  const hostile = mapAttributes([rule], hostileInput, { connection: 'hostile', evaluate })
  const [hostileMs, honestMs] = await Promise.all([took(hostile), took(honest(evaluate, HONEST))])
  clearInterval(timer)
  delay.disable()
  return { what, honest: honestMs, hostile: hostileMs, silent: delay.max / 1e6, busy }
}

function honest(evaluate: Evaluate, count: number): Promise<unknown> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      mapAttributes(honestRules, { sku: `S${index}`, price: '1.5' }, { connection: 'honest', evaluate }),
    ),
  )
}
