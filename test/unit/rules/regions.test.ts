import fc from 'fast-check'
import { iso31662 } from 'iso-3166'
import { describe, expect, it } from 'vitest'
import { regionOf, stateCode } from '../../../src/rules/regions.ts'

const isoOf = (countryCode: string | null, region: string | null, regionCode: string | null = null) =>
  regionOf({ countryCode, region, regionCode })?.iso

describe('a region of an address', () => {
  it.each([
    ['US', 'Texas', null, 'US-TX'],
    ['US', 'TX', null, 'US-TX'],
    ['us', ' texas ', 'US-TX', 'US-TX'],
    ['US', 'Washington D.C.', null, 'US-DC'],
    ['GB', 'Kent', 'Kent', 'GB-KEN'],
    ['GB', 'County Durham', null, 'GB-DUR'],
    ['PL', 'mazowieckie', 'PL-14', 'PL-14'],
    ['PL', 'Masovian Voivodeship', null, 'PL-14'],
    ['PL', null, 'MZ', 'PL-14'],
    ['DE', 'Niedersachsen', 'NDS', 'DE-NI'],
    ['DE', 'Bavaria', null, 'DE-BY'],
    ['JP', 'Fukushima Prefecture', null, 'JP-07'],
    ['JP', '東京都', null, 'JP-13'],
    ['CA', 'Québec', null, 'CA-QC'],
    ['CA', 'Quebec', null, 'CA-QC'],
    ['ES', 'Cataluña', null, 'ES-CT'],
    ['FR', 'Ain', '1', 'FR-01'],
    ['IT', 'Milan', null, 'IT-MI'],
    ['BR', 'Sao Paulo', null, 'BR-SP'],
    ['AT', 'Wien', 'WI', 'AT-9'],
    ['NO', 'More og Romsdal', null, 'NO-15'],
    ['GB', 'Narnia', null, null],
    [null, 'Texas', 'TX', null],
  ])('of %s, "%s" with the code %s, is %s', (country, region, code, iso) => {
    expect(isoOf(country, region, code)).toBe(iso)
  })

  it('is none where the address has none', () => {
    expect(regionOf({ countryCode: 'US', region: ' ', regionCode: null })).toBeNull()
  })

  it('is found by its code, and by its name in any case and without accents, all over the world', () => {
    const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()
    fc.assert(
      fc.property(fc.constantFrom(...iso31662), ({ code, name }) => {
        const country = code.slice(0, 2)
        expect(isoOf(country, null, code)).toBe(code)
        expect(isoOf(country, null, code.slice(3))).toBe(code)
        const byName = isoOf(country, name)
        expect(byName).toMatch(new RegExp(`^${country}-`))
        expect(isoOf(country, plain(name))).toBe(byName)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the code of a region at a system', () => {
  const code = (region: string | null, regionCode: string | null, country: string, states?: Record<string, string>) => {
    const found = regionOf({ countryCode: country, region, regionCode })
    const list = Object.entries(states ?? {}).map(([of, name]) => ({ code: of, name }))
    return found === null
      ? null
      : stateCode(found, country, states === undefined ? new Map() : new Map([[country, list]]))
  }

  it('is the one that the system has, by name, be its codes those of the standard or not', () => {
    expect(code('mazowieckie', 'PL-14', 'PL', { MZ: 'Mazowieckie', 14: 'Pomorskie' })).toBe('MZ')
    expect(code('mazowieckie', 'PL-14', 'PL', { 14: 'Masovian' })).toBe('14')
    expect(code('Niedersachsen', 'NDS', 'DE', { NI: 'Lower Saxony' })).toBe('NI')
    expect(code('Armed Forces Europe', 'AE', 'US', { AE: 'Armed Forces Europe' })).toBe('AE')
  })

  it('is found by code where the system has no name that anybody knows', () => {
    expect(code('Texas', 'TX', 'US', { TX: 'Lone Star' })).toBe('TX')
    expect(code(null, 'X7', 'GB', { X7: 'Our seventh' })).toBe('X7')
  })

  it('is none where the system has no such one, whatever its code would be', () => {
    expect(code('Texas', 'TX', 'US', { CA: 'California' })).toBeNull()
    expect(code('Kent', 'Kent', 'GB', {})).toBeNull()
    expect(code('mazowieckie', 'PL-14', 'PL', { 14: 'Pomorskie' })).toBeNull()
  })

  it('is the standard’s in countries where everybody writes that, and none in others, where no list is known', () => {
    expect(code('Texas', null, 'US')).toBe('TX')
    expect(code('Armed Forces Africa', null, 'US')).toBe('AE')
    expect(code('Queensland', null, 'AU')).toBe('QLD')
    expect(code('Kent', null, 'GB')).toBeNull()
    expect(code('Bayern', null, 'DE')).toBeNull()
    expect(code('Atlantis', null, 'US')).toBeNull()
  })
})
