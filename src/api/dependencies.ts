import type { Logger } from 'pino'
import type { HttpSettings } from '../config.ts'
import type { Demo } from '../operations/demo.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import type { TokenClaims } from '../operations/token-principal.ts'
import type { NetworkRules } from '../platform/network-rules.ts'
import type { TokenIssuer } from '../platform/token-verifier.ts'
import type { PageFiles } from './page-files.ts'

/** Whose bearer tokens are taken, and what of them says who may do what. */
export interface OidcSettings extends TokenIssuer {
  readonly claims: TokenClaims
}

/** What the API needs from the root. Stores and topics are reached by operations alone. */
export interface ApiDeps {
  readonly operations: OperationDeps
  readonly clock: { now(): number }
  readonly logger: Logger
  /** Signs cursors; see `cursorKey`. */
  readonly cursorKey: string
  /** Null: none is asked for. */
  readonly token: string | null
  /** Whose tokens are taken beside keys; null or missing: nobody's. */
  readonly oidc?: OidcSettings | null
  /** Which addresses an issuer of tokens, and its keys, may have. */
  readonly network: NetworkRules
  readonly http: HttpSettings
  /** What must answer for the process to be ready, by name; a rejection says what is wrong. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>
  /** The control tower; null or missing: it is not built. */
  readonly page?: PageFiles | null
  /** Missing: this is no demo, and there is nothing to break. */
  readonly demo?: Demo
  /** Stages of this process that stand still for one system: it is down, or they can't be made. */
  readonly heldBack?: () => readonly string[]
}
