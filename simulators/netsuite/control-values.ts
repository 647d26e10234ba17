import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Wire } from './account.ts'
import { isObject } from './fields.ts'

/** An error of a control route: the status and a text for the tester. */
export class ControlError extends Error {
  readonly statusCode: number

  constructor(statusCode: number, message: string) {
    super(message)
    this.statusCode = statusCode
  }
}

/** @throws ControlError 404 */
export function itemIdOf(database: DatabaseSync, itemid: string): number {
  const row = database.prepare('SELECT id FROM sim_item WHERE itemid = ?').get(itemid)
  if (row === undefined) throw new ControlError(404, `There is no item ${itemid}.`)
  return Number(row['id'])
}

export function columnValue(column: string, value: unknown): SQLInputValue {
  if (column === 'isinactive') return value === true || value === 'T' ? 'T' : 'F'
  if (column === 'weight' || column === 'cost') return requireNumber(column, value)
  if (value === null || typeof value === 'string') return value || null
  throw new ControlError(400, `"${column}" must be text.`)
}

export function requireNumber(name: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new ControlError(400, `"${name}" must be a number.`)
}

export function requireObject(body: unknown): Wire {
  if (isObject(body) && Object.keys(body).length > 0) return body
  throw new ControlError(400, 'The body must be a JSON object with the fields to change.')
}
