import type { Random } from '../harness/random.ts'

/** A buyer and the shipping address. `taxBasisPoints`: sales tax or VAT there. */
export interface Buyer {
  firstname: string
  lastname: string
  email: string
  /** Absent for a guest. */
  customerId?: number
  place: Place
  street: string[]
  telephone: string
  company?: string
}

interface Place {
  country: string
  city: string
  postcode: string
  region?: { name: string; code: string; id: number }
  taxBasisPoints: number
}

const names: readonly (readonly [string, string, string])[] = [
  ['José', 'Núñez', 'jose.nunez'],
  ['Zoë', 'Müller', 'zoe.mueller'],
  ['Łukasz', 'Wójcik', 'lukasz.wojcik'],
  ['Åsa', 'Öberg', 'asa.oberg'],
  ['Siobhán', "O'Brien", 'siobhan.obrien'],
  ['François', 'Lefèvre', 'francois.lefevre'],
  ['蕾', '李', 'li.lei'],
  ['Ingrid', 'Sørensen', 'ingrid.sorensen'],
  ['Mary', 'Smith', 'mary.smith'],
  ['Robert', 'Johnson', 'robert.johnson'],
  ['Ana', 'Šimić', 'ana.simic'],
  ['Grace', 'Lee', 'grace.lee'],
]

const places: readonly Place[] = [
  {
    country: 'US',
    city: 'Austin',
    postcode: '78701',
    region: { name: 'Texas', code: 'TX', id: 57 },
    taxBasisPoints: 825,
  },
  {
    country: 'US',
    city: 'Seattle',
    postcode: '98101',
    region: { name: 'Washington', code: 'WA', id: 62 },
    taxBasisPoints: 1025,
  },
  {
    country: 'US',
    city: 'Brooklyn',
    postcode: '11201',
    region: { name: 'New York', code: 'NY', id: 43 },
    taxBasisPoints: 888,
  },
  {
    country: 'US',
    city: 'Portland',
    postcode: '97201',
    region: { name: 'Oregon', code: 'OR', id: 49 },
    taxBasisPoints: 0,
  },
  {
    country: 'CA',
    city: 'Montréal',
    postcode: 'H2X 1Y4',
    region: { name: 'Quebec', code: 'QC', id: 76 },
    taxBasisPoints: 1498,
  },
  {
    country: 'DE',
    city: 'Göttingen',
    postcode: '37073',
    region: { name: 'Niedersachsen', code: 'NDS', id: 79 },
    taxBasisPoints: 1900,
  },
  { country: 'FR', city: 'Besançon', postcode: '25000', taxBasisPoints: 2000 },
  { country: 'PL', city: 'Kraków', postcode: '31-008', taxBasisPoints: 2300 },
  { country: 'SE', city: 'Umeå', postcode: '903 26', taxBasisPoints: 2500 },
  { country: 'GB', city: 'Bristol', postcode: 'BS1 4DJ', taxBasisPoints: 2000 },
]

const streets = ['Höhenweg', 'Main Street', 'Rue de l’Église', 'Ulica Leśna', 'Storgatan', 'Elm Avenue', 'Oak Lane']

/** A guest, or a customer with the same name, address and id in all orders. */
export function makeBuyer(random: Random): Buyer {
  const customer = random.chance(0.6)
  const customerIndex = random.int(0, names.length - 1)
  const [firstname, lastname, mail] = names[customerIndex] ?? names[0] ?? ['', '', '']
  const place = customer ? (places[customerIndex % places.length] ?? random.pick(places)) : random.pick(places)
  const house = customer ? 10 + customerIndex : random.int(1, 240)
  const street = customer ? (streets[customerIndex % streets.length] ?? '') : random.pick(streets)
  const suffix = customer ? '' : `.${random.int(100, 9999)}`
  return {
    firstname,
    lastname,
    email: `${mail}${suffix}@example.com`,
    ...(customer ? { customerId: customerIndex + 1 } : {}),
    place,
    street: random.chance(0.2) ? [`${street} ${house}`, 'c/o Žofie Dvořáková'] : [`${street} ${house}`],
    telephone: `+1 555 ${String(random.int(0, 9_999_999)).padStart(7, '0')}`,
    ...(random.chance(0.15) ? { company: 'Bergfreunde Süd GmbH' } : {}),
  }
}
