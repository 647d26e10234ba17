import type { AuditEntry } from '../../../src/operations/audit.ts'
import type { KeyStatus, ShownKey } from '../../../src/operations/keys.ts'
import type { Page } from './answers.ts'
import { ask, queryText } from './ask.ts'

export type { AuditEntry, KeyStatus, ShownKey }

interface Context {
  readonly signal: AbortSignal
}

export const keysQuery = () => ({
  queryKey: ['keys'],
  queryFn: ({ signal }: Context) => ask<{ readonly items: readonly KeyStatus[] }>('/v1/keys', { signal }),
})

/** Undefined: all. */
export interface NewKey {
  readonly name: string
  readonly scopes: readonly string[]
  readonly connections?: readonly string[]
  readonly systems?: readonly string[]
  /** ISO 8601. */
  readonly expires_at?: string
}

export const createKey = (wanted: NewKey) => ask<ShownKey>('/v1/keys', { method: 'POST', body: wanted })

export const revokeKey = (id: string, reason: string) =>
  ask<KeyStatus>(`/v1/keys/${encodeURIComponent(id)}/revoke`, { method: 'POST', body: { reason } })

export const auditFilters = ['who', 'what', 'outcome', 'since', 'until'] as const
export type AuditFilter = Readonly<Partial<Record<(typeof auditFilters)[number], string>>>

export const auditQuery = (filter: AuditFilter, cursor: string | undefined) => ({
  queryKey: ['audit', filter, cursor],
  queryFn: ({ signal }: Context) =>
    ask<Page<AuditEntry>>(`/v1/audit${queryText({ ...filter, cursor, limit: 50 })}`, { signal }),
})
