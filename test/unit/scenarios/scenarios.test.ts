import { describe, expect, it } from 'vitest'
import { type Arrival, type EndState, play } from './scenario-world.ts'
import { type Scenario, scenarios } from './scenarios.ts'

const ARRIVALS: readonly Arrival[] = ['once', 'doubled', 'replayed']
const CALM_SHOP = ['processing']

/** Orders of two keys, or shipments of two vendors: their sequence is nobody’s promise. */
const ofSeveral = scenarios.filter(
  ({ steps }) => steps.some((step) => step.includes('edits')) || new Set(steps.map((step) => step[0])).size > 2,
)

const ERPS = ['netsuite', 'sap'] as const
type Erp = (typeof ERPS)[number]

/** What the table leaves out: the shop’s order goes on, nothing fails, other vendors have nothing; SAP ends as NetSuite does. */
function wanted({ end, sap = {} }: Scenario, erp: Erp) {
  const { shop = CALM_SHOP, failed = [], ...vendors } = erp === 'sap' ? { ...end, ...sap } : end
  const some = Object.entries(vendors).filter(([, orders]) => orders.length > 0)
  return { shop, vendors: Object.fromEntries(some), failed }
}

/** SAP opens no order again: whether an edited one is changed or made anew is a matter of the sequence. */
function living(end: EndState, erp: Erp): EndState {
  if (erp === 'netsuite') return end
  const open = Object.entries(end.vendors).map(([letter, orders]) => {
    return [letter, orders.filter((order) => !/^\([^)]*\)$/.test(order))] as const
  })
  return { ...end, vendors: Object.fromEntries(open) }
}

const settings = ({ bundles }: Scenario, erp: Erp) => ({ erp, ...(bundles === undefined ? {} : { bundles }) })

describe.each(ERPS)('both ends, with vendors of %s', (erp) => {
  describe.each(ARRIVALS)('where every event arrives %s', (arrival) => {
    it.each(scenarios)('$name', async (scenario) => {
      const end = await play(scenario.order, scenario.steps, arrival, settings(scenario, erp))
      expect(end).toEqual(wanted(scenario, erp))
    })
  })

  describe.each([1, 2, 3, 4])('where events arrive in a sequence of seed %i', (seed) => {
    it.each(ofSeveral)('$name', async (scenario) => {
      const end = await play(scenario.order, scenario.steps, { seed }, settings(scenario, erp))
      expect(living(end, erp)).toEqual(living(wanted(scenario, erp), erp))
    })
  })
})

it('there are 80 scenarios at least, each of a name of its own', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(80)
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
})
