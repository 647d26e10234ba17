import { StreamError } from '../../src/errors.ts'
import { requestJson } from '../http.ts'
import type { SimulatorAddresses } from '../simulators.ts'
import { type AcmeState, acmeEnd } from './acme.ts'
import { type BigCommerceState, bigcommerceEnd } from './bigcommerce.ts'
import type { ShopEnd, VendorEnd } from './end.ts'
import { type MagentoState, magentoEnd } from './magento.ts'
import { type NetSuiteState, netsuiteEnd } from './netsuite.ts'
import { type SapB1State, sapB1End } from './sap-b1.ts'

/** What a shop has now. */
export async function shopOf(simulators: SimulatorAddresses, shop: string): Promise<ShopEnd> {
  const url = `${addressOf(simulators, shop)}/_sim/state`
  return shop === 'magento'
    ? magentoEnd(shop, await requestJson<MagentoState>(url))
    : bigcommerceEnd(shop, await requestJson<BigCommerceState>(url))
}

/** What a vendor has now. */
export async function vendorOf(simulators: SimulatorAddresses, vendor: string): Promise<VendorEnd> {
  const url = `${addressOf(simulators, vendor)}/_sim/state`
  if (vendor === 'netsuite') return netsuiteEnd(vendor, await requestJson<NetSuiteState>(url))
  if (vendor === 'acme') return acmeEnd(vendor, await requestJson<AcmeState>(url))
  return sapB1End(vendor, await requestJson<SapB1State>(url))
}

export function addressOf(simulators: SimulatorAddresses, name: string): string {
  const found = Object.entries(simulators).find(([one]) => one === name)?.[1]
  if (found !== undefined) return found.url
  throw new StreamError('services_missing', `there is no simulator of ${name}`)
}
