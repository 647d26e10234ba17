import { configureGlobal } from 'fast-check'

/** Any number: what matters is that a run of one commit tries what every other run of it tried. */
const USUAL = 20_261_128

/**
 * What properties are tried with is the same in every run, so that a run tells of the change it is about.
 * `PROPERTY_SEED=random` tries something new, a number tries what failed with it.
 */
const asked = process.env['PROPERTY_SEED'] ?? String(USUAL)
if (asked !== 'random') configureGlobal({ seed: seedOf(asked) })

function seedOf(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new Error(`PROPERTY_SEED=${text} is neither a number nor "random"`)
}
