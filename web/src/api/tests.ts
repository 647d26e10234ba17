import type { TestFinding, TestOutcome } from '../../../src/operations/test-connection.ts'
import { ask } from './ask.ts'

export type { TestFinding, TestOutcome }

/** Calls a system, or both of a connection, and returns the findings. */
export const testDocument = (kind: 'system' | 'connection', id: string) =>
  ask<TestOutcome>(`/v1/${kind}s/${encodeURIComponent(id)}/test`, { method: 'POST' })
