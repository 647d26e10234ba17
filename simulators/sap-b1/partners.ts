import { type Company, touched } from './company.ts'
import { checkLengths } from './lengths.ts'
import { refused, SapProblem } from './problems.ts'
import { checkProperties } from './properties.ts'
import type { Entity } from './store.ts'

/** A new business partner with the given code. @throws SapProblem */
export function createPartner(company: Company, body: Entity): Entity {
  const { store } = company
  checkProperties(store, 'BusinessPartner', body)
  checkLengths('BusinessPartner', body)
  const code = String(body['CardCode'] ?? '')
  if (code === '') throw refused('Enter a code  [OCRD.CardCode]')
  if (store.get('BusinessPartners', code) !== undefined) {
    const text = `This entry already exists in the following tables 'Business Partner' (OCRD) (ODBC -2035)`
    throw new SapProblem(400, -2035, text)
  }
  const { date, time } = company.now()
  const made = touched(company, {
    CardType: 'cCustomer',
    CardName: null,
    GroupCode: 100,
    EmailAddress: null,
    Phone1: null,
    Currency: '$',
    Valid: 'tYES',
    Frozen: 'tNO',
    DiscountPercent: 0,
    CreateDate: date,
    CreateTime: time,
    BPAddresses: [],
    ContactEmployees: [],
    ...body,
  })
  store.put('BusinessPartners', made)
  return made
}

/** @throws SapProblem */
export function changePartner(company: Company, partner: Entity, body: Entity): void {
  checkProperties(company.store, 'BusinessPartner', body)
  checkLengths('BusinessPartner', body)
  company.store.put('BusinessPartners', touched(company, { ...partner, ...body }))
}
