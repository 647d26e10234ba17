import { iso31662 } from 'iso-3166'

/** A state that an ERP knows of a country. */
export interface State {
  country: string
  code: string
  name: string
}

/** States of a country as ISO 3166-2 has them. */
const ofStandard = (country: string): State[] =>
  iso31662
    .filter(({ code, parent }) => parent === country && code.startsWith(`${country}-`))
    .map(({ code, name }) => ({ country, code: code.slice(3), name }))

const of = (country: string, states: Readonly<Record<string, string>>): State[] =>
  Object.entries(states).map(([code, name]) => ({ country, code, name }))

/** Countries whose states are in the ERPs here as they come: no other has any. */
export const usualStates: readonly State[] = [
  ...ofStandard('US'),
  ...of('US', { AA: 'Armed Forces Americas', AE: 'Armed Forces Europe', AP: 'Armed Forces Pacific' }),
  ...ofStandard('CA'),
  ...ofStandard('AU'),
  ...ofStandard('BR'),
]

/** Countries whose states SAP has too, some by codes of its own. */
export const moreStatesOfSap: readonly State[] = [
  ...ofStandard('DE'),
  ...of('PL', { DS: 'Dolnośląskie', MA: 'Małopolskie', MZ: 'Mazowieckie', PM: 'Pomorskie', SL: 'Śląskie' }),
  ...of('MX', { DF: 'Ciudad de México', JAL: 'Jalisco', NL: 'Nuevo León' }),
]
