import type { NetworkRules } from '../../platform/network-rules.ts'
import { checkIssuer } from '../../platform/token-verifier.ts'
import { type Check, ok } from './finding.ts'

/** Checks whether this machine can read the issuer's keys, to verify tokens. */
export function issuerCheck(issuer: string, network: NetworkRules): Check {
  return {
    name: 'issuer',
    run: async () => {
      await checkIssuer(issuer, network)
      return [ok('issuer', `the keys of ${issuer} can be read`)]
    },
  }
}
