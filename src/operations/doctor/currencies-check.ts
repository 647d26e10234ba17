import { unknownCurrencies } from '../../configuration/check-currencies.ts'
import type { Configuration } from '../../configuration/model.ts'
import { type Finding, warn } from './finding.ts'

/** Finds currencies in the settings of systems that do not exist: their prices fit no shop. */
export function currenciesCheck({ systems }: Pick<Configuration, 'systems'>): readonly Finding[] {
  return systems.flatMap(({ id, settings }) =>
    unknownCurrencies(settings).map(({ setting, problem }) => warn(`system ${id}`, `settings.${setting} ${problem}`)),
  )
}
