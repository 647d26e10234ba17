import type { Shaped } from './shaped-documents.ts'
import { nearName } from './unknown-name.ts'
import type { Mistake } from './yaml-documents.ts'

/** Codes of ISO 4217, with those that are no longer in use. */
const codes: readonly string[] = Intl.supportedValuesOf('currency')

/** A setting with a currency that does not exist. */
export interface UnknownCurrency {
  readonly setting: string
  /** Follows the setting's name. */
  readonly problem: string
}

/** Currencies of a system's settings that do not exist. Only a warning: an ERP may have codes of its own. */
export function unknownCurrencies(settings: Readonly<Record<string, unknown>>): readonly UnknownCurrency[] {
  return Object.entries(settings).flatMap(([setting, given]) =>
    codesIn(setting, given)
      .filter((code) => !codes.includes(code))
      .map((code) => ({ setting, problem: problemOf(code) })),
  )
}

export function currencyWarnings({ value: { settings = {} }, yaml }: Shaped<'system'>): readonly Mistake[] {
  return unknownCurrencies(settings).map(({ setting, problem }) => yaml.mistake(['settings', setting], problem))
}

/** `currency` is a code, `currencies` are pairs of a code and the system's own name for it. */
function codesIn(setting: string, given: unknown): readonly string[] {
  if (typeof given !== 'string') return []
  if (setting === 'currency') return [given.trim()]
  if (setting !== 'currencies') return []
  return given.split(',').flatMap((pair) => {
    const [code = ''] = pair.split('=')
    return code.trim() === '' ? [] : [code.trim()]
  })
}

function problemOf(code: string): string {
  const near = codes.find((one) => sorted(one) === sorted(code)) ?? nearName(code, codes)
  const meant = near === undefined ? '' : `; did you mean ${near}?`
  return `names ${code}, which is not a currency of ISO 4217${meant}`
}

/** Two letters in the wrong order are the likeliest mistake. */
const sorted = (code: string): string => [...code].toSorted().join('')
