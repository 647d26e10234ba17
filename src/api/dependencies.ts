import type { Logger } from 'pino'
import type { HttpSettings } from '../config.ts'
import type { Demo } from '../operations/demo.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import type { TokenClaims } from '../operations/token-principal.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { TokenIssuer } from '../platform/token-verifier.ts'
import type { PageFiles } from './page-files.ts'

/** The accepted token issuer, and the claims with the permissions. */
export interface OidcSettings extends TokenIssuer {
  readonly claims: TokenClaims
}

/** Dependencies of the API. Only operations access stores and topics. */
export interface ApiDeps {
  readonly operations: OperationDeps
  readonly clock: { now(): number }
  readonly logger: Logger
  /** Signs cursors; see `cursorKey`. */
  readonly cursorKey: string
  /** Null: no token is required. */
  readonly token: string | null
  /** The token issuer accepted besides keys; null or missing: none. */
  readonly oidc?: OidcSettings | null
  /** Addresses that a token issuer and its keys may have. */
  readonly network: NetworkRules
  readonly http: HttpSettings
  /** Readiness checks by name; each rejects with its problem. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>
  /** The control tower; null or missing: it is not built. */
  readonly page?: PageFiles | null
  /** Missing: this is not the demo. */
  readonly demo?: Demo
  /** Stages of this process whose records wait, because a system is down or the stage cannot be created. */
  readonly heldBack?: () => readonly string[]
}
