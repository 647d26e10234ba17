import { iso31662 } from 'iso-3166'
import type { Address } from '../events/generated/events.ts'
import { otherNames, postalRegions } from './region-names.ts'

/** A region of an address. */
export interface Region {
  /** ISO 3166-2, such as `PL-14`; null for a region that is unknown or not in the standard. */
  readonly iso: string | null
  /** Its short codes, best first: the standard's, then the shop's. */
  readonly codes: readonly string[]
  /** Its names, best first: the shop's, then the standard's and those in other languages. */
  readonly names: readonly string[]
}

/** A state, province or county in a system's own list. */
export interface KnownState {
  readonly code: string
  readonly name: string
}

interface CountryRegions {
  readonly byCode: ReadonlyMap<string, Known>
  readonly byName: ReadonlyMap<string, Known>
}

interface Known {
  /** Null: postal addresses use it, the standard does not have it. */
  readonly iso: string | null
  readonly codes: readonly string[]
  readonly names: readonly string[]
}

/** Countries whose regions are always written as ISO short codes. */
const WRITTEN_BY_CODE: readonly string[] = ['US', 'CA', 'AU', 'BR']

const countries = new Map<string, CountryRegions>()

/**
 * The region of an address by code or name, in any spelling or common language; null if the address has none. A code of
 * the standard takes precedence; otherwise the name decides, because shops have codes of their own.
 */
export function regionOf({
  countryCode,
  region,
  regionCode,
}: Pick<Address, 'countryCode' | 'region' | 'regionCode'>): Region | null {
  const given = [regionCode, region].map((text) => text?.trim() ?? '').filter((text) => text !== '')
  if (given.length === 0) return null
  const country = countryOf(countryCode)
  const found = [
    ...given.map((text) => country.byCode.get(shortCode(text, countryCode))),
    ...given.toReversed().map((text) => country.byName.get(nameKey(text))),
  ].find((known) => known !== undefined)
  const names = region === null || region.trim() === '' ? [] : [region.trim()]
  const codes = given
    .map((text) => shortCode(text, countryCode))
    .filter((code, index) => isAbbreviation(code) && isCapital(given[index]))
  if (found === undefined) return { iso: null, codes: unique(codes), names: unique([...names, ...given]) }
  const isCode = (name: string) => country.byCode.has(shortCode(name, countryCode))
  return {
    iso: found.iso,
    codes: unique([...found.codes, ...codes]),
    names: unique([...names.filter((name) => !isCode(name)), ...found.names]),
  }
}

/** States of a system by country (ISO 3166-1); for a country without a list it is unknown what the system has. */
export type StateLists = ReadonlyMap<string, readonly KnownState[]>

/**
 * A system's own code of a region; null if its list of the country does not have it. Without a list, the ISO code for
 * countries whose regions are always written as codes.
 */
export function stateCode(region: Region, countryCode: string | null, lists: StateLists): string | null {
  const country = countryCode?.trim().toUpperCase() ?? ''
  const states = lists.get(country)
  return states === undefined ? writtenCode(region, country) : stateIn(region, country, states)
}

/** A name takes precedence over a code: a system may have codes of its own. */
function stateIn(region: Region, country: string, states: readonly KnownState[]): string | null {
  const names = new Set(region.names.map(nameKey))
  const isoOf = ({ name }: KnownState) => countryOf(country).byName.get(nameKey(name))?.iso ?? null
  const byName = states.find(
    (state) => names.has(nameKey(state.name)) || (region.iso !== null && isoOf(state) === region.iso),
  )
  if (byName !== undefined) return byName.code
  const byCode = region.codes.flatMap((code) => states.filter((state) => shortCode(state.code, country) === code))
  return byCode.find((state) => isoOf(state) === null)?.code ?? null
}

function writtenCode(region: Region, country: string): string | null {
  const [code] = region.codes
  const isWritten = WRITTEN_BY_CODE.includes(country) && code !== undefined && countryOf(country).byCode.has(code)
  return isWritten ? code : null
}

/** `PL-14` is 14 of Poland. */
function shortCode(text: string, countryCode: string | null): string {
  const code = text.trim().toUpperCase()
  const prefix = `${countryCode?.toUpperCase()}-`
  return code.startsWith(prefix) ? code.slice(prefix.length) : code
}

function countryOf(countryCode: string | null): CountryRegions {
  const country = countryCode?.trim().toUpperCase() ?? ''
  const known = countries.get(country) ?? indexOf(country)
  countries.set(country, known)
  return known
}

/** Smaller regions come before those that contain them: a province before the region of the same name. */
function indexOf(country: string): CountryRegions {
  const isWhole = ({ parent }: { readonly parent: string }) => (parent === country ? 1 : 0)
  const ofStandard = iso31662
    .filter(({ code }) => code.startsWith(`${country}-`))
    .toSorted((a, b) => isWhole(a) - isWhole(b))
    .map(({ code, name }) => ({ iso: code, short: code.slice(country.length + 1), names: [name] }))
  const ofPost = Object.entries(postalRegions[country] ?? {}).map(([short, names]) => ({ iso: null, short, names }))
  const [byCode, byName] = [new Map<string, Known>(), new Map<string, Known>()]
  const moreCodes: [string, Known][] = []
  for (const { iso, short, names: own } of [...ofStandard, ...ofPost]) {
    const others = otherNames[country]?.[short] ?? []
    const names = [...own, ...others.filter((other) => !isAbbreviation(other))]
    const known: Known = { iso, codes: [short], names }
    byCode.set(short, known)
    moreCodes.push(...others.filter(isAbbreviation).map((code): [string, Known] => [code, known]))
    for (const one of [...names, ...names.flatMap((whole) => whole.split(/[,/[\]()]/))]) {
      const key = nameKey(one)
      if (key !== '' && !byName.has(key)) byName.set(key, known)
    }
  }
  for (const [code, known] of moreCodes) if (!byCode.has(code)) byCode.set(code, known)
  return { byCode, byName }
}

const isAbbreviation = (text: string) => /^[A-Z\d]{1,4}$/.test(text)
const isCapital = (text = '') => text === text.toUpperCase()

/** Letters without a removable accent. */
const LETTERS: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
}

/** Words for kinds of regions. */
const KINDS = new Set(
  (
    'county co council province provincia provincie prov prefecture region region regiao regione voivodeship wojewodztwo ' +
    'state estado etat land bundesland canton kanton cantone department departement departamento comunidad comunitat comunitate ' +
    'autonoma autonomous community principado foral of de du des da do di the la le el sheng shi ken fu oblast kraj lan judet fylke'
  ).split(' '),
)

/** Normalizes the names of a region: without accents, case, word order and words for its kind. */
function nameKey(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[łøđðþßæœı]/g, (letter) => LETTERS[letter] ?? letter)
  const words = plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const telling = words.filter((word) => !KINDS.has(word))
  return (telling.length === 0 ? words : telling).toSorted().join(' ')
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]
