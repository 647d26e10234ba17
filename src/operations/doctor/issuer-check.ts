import type { NetworkRules } from '../../platform/network-rules.ts'
import { checkIssuer } from '../../platform/token-verifier.ts'
import { type Check, ok } from './finding.ts'

/** Whether tokens of the issuer can be verified from here. */
export function issuerCheck(issuer: string, network: NetworkRules): Check {
  return {
    name: 'issuer',
    run: async () => {
      await checkIssuer(issuer, network)
      return [ok('issuer', `the keys of ${issuer} can be read`)]
    },
  }
}
