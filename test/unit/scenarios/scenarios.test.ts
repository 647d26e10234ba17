import { describe, expect, it } from 'vitest'
import { type Arrival, play } from './scenario-world.ts'
import { type Scenario, scenarios } from './scenarios.ts'

const ARRIVALS: readonly Arrival[] = ['once', 'doubled', 'replayed']
const CALM_SHOP = ['processing']

/** What the table leaves out: the shop’s order goes on, nothing fails, other vendors have nothing. */
function wanted({ end: { shop = CALM_SHOP, failed = [], ...vendors } }: Scenario) {
  return { shop, vendors, failed }
}

const settings = ({ bundles }: Scenario) => (bundles === undefined ? {} : { bundles })

describe.each(ARRIVALS)('both ends, where every event arrives %s', (arrival) => {
  it.each(scenarios)('$name', async (scenario) => {
    const end = await play(scenario.order, scenario.steps, arrival, settings(scenario))
    expect(end).toEqual(wanted(scenario))
  })
})

/** Orders of two keys, or shipments of two vendors: their sequence is nobody’s promise. */
const ofSeveral = scenarios.filter(
  ({ steps }) => steps.some((step) => step.includes('edits')) || new Set(steps.map((step) => step[0])).size > 2,
)

describe.each([1, 2, 3, 4])('both ends, where events arrive in a sequence of seed %i', (seed) => {
  it.each(ofSeveral)('$name', async (scenario) => {
    const end = await play(scenario.order, scenario.steps, { seed }, settings(scenario))
    expect(end).toEqual(wanted(scenario))
  })
})

it('there are 80 scenarios at least, each of a name of its own', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(80)
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
})
