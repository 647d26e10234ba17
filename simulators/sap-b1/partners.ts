import { type Company, touched } from './company.ts'
import { refused, SapProblem } from './problems.ts'
import { checkProperties } from './properties.ts'
import type { Entity } from './store.ts'

const LONGEST_CODE = 15

/** A new business partner under the code that is sent. @throws SapProblem */
export function createPartner(company: Company, body: Entity): Entity {
  const { store } = company
  checkProperties(store, 'BusinessPartner', body)
  const code = String(body['CardCode'] ?? '')
  if (code === '') throw refused('Enter a code  [OCRD.CardCode]')
  if (code.length > LONGEST_CODE) {
    throw new SapProblem(400, -5002, "Value too long in property 'CardCode' of 'BusinessPartner'")
  }
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
  company.store.put('BusinessPartners', touched(company, { ...partner, ...body }))
}
