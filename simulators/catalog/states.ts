import { iso31662 } from 'iso-3166'

/** A state of a country in an ERP's list. */
export interface State {
  country: string
  code: string
  name: string
}

/** States of a country in ISO 3166-2. */
const ofStandard = (country: string): State[] =>
  iso31662
    .filter(({ code, parent }) => parent === country && code.startsWith(`${country}-`))
    .map(({ code, name }) => ({ country, code: code.slice(3), name }))

const of = (country: string, states: Readonly<Record<string, string>>): State[] =>
  Object.entries(states).map(([code, name]) => ({ country, code, name }))

/** Countries with states in the simulated ERPs' default lists. */
export const usualStates: readonly State[] = [
  ...ofStandard('US'),
  ...of('US', { AA: 'Armed Forces Americas', AE: 'Armed Forces Europe', AP: 'Armed Forces Pacific' }),
  ...ofStandard('CA'),
  ...ofStandard('AU'),
  ...ofStandard('BR'),
]

/** Additional countries in SAP, some with codes of their own. */
export const moreStatesOfSap: readonly State[] = [
  ...ofStandard('DE'),
  ...of('PL', { DS: 'Dolnośląskie', MA: 'Małopolskie', MZ: 'Mazowieckie', PM: 'Pomorskie', SL: 'Śląskie' }),
  ...of('MX', { DF: 'Ciudad de México', JAL: 'Jalisco', NL: 'Nuevo León' }),
]
