import { it } from 'vitest'
import { demoOf, expectWhole } from './demo-runs.ts'

const demo = demoOf(918_273_645)

// What further runs on kept data publish: once.long.test.ts.
it('runs once, with both ends the same, and ends', async () => {
  expectWhole(await demo.once())
})
