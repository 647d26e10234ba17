import type { Address } from '../../src/events/generated/events.ts'
import type { Seeded } from './seeded.ts'

const FIRST = [
  'James',
  'Maria',
  'Robert',
  'Linda',
  'Michael',
  'Elena',
  'Chen',
  'Aisha',
  'Sofia',
  'Priya',
  'Zoë',
] as const
const LAST = [
  'Smith',
  'Johnson',
  'Müller',
  'García',
  'Nguyen',
  'Rossi',
  'Patel',
  'Kowalski',
  'Okafor',
  'Tanaka',
] as const
const STREETS = [
  'Maple Avenue',
  'Hauptstraße',
  'Rue de la République',
  'Main Street',
  "King's Road",
  'Oak Lane',
] as const
const COMPANIES = [null, null, null, 'Northwind Traders', 'Acme Industrial Supply GmbH'] as const
const CITIES = [
  ['Austin', 'Texas', 'TX', '78701', 'US'],
  ['Portland', 'Oregon', 'OR', '97205', 'US'],
  ['München', 'Bayern', 'BY', '80331', 'DE'],
  ['Lyon', 'Rhône', '69', '69002', 'FR'],
  ['Leeds', null, null, 'LS1 4AP', 'GB'],
] as const

/** An invented address. */
export function address(random: Seeded): Address {
  const [firstName, lastName] = [random.oneOf(FIRST), random.oneOf(LAST)]
  const [city, region, regionCode, postalCode, countryCode] = random.oneOf(CITIES)
  const street = `${1 + random.below(9999)} ${random.oneOf(STREETS)}`
  return {
    firstName,
    lastName,
    company: random.oneOf(COMPANIES),
    street: random.next() < 0.3 ? [street, `Suite ${1 + random.below(900)}`] : [street],
    city,
    region,
    regionCode,
    postalCode,
    countryCode,
    phone: `+1-555-${1_000_000 + random.below(9_000_000)}`,
    email: `${firstName}.${lastName}${random.below(1000)}@example.com`.toLowerCase(),
    namePrefix: null,
    middleName: null,
    nameSuffix: null,
    vatNumber: null,
  }
}
