import { REMIND_HOURS, type Recipient } from '../../src/configuration/model.ts'
import type { Concern } from '../../src/operations/notifications/concern.ts'

/** A key as Standard Webhooks wants it. */
export const SIGNING_KEY = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`

/** A recipient of everything, by e-mail where `more` says nothing else. */
export const recipientWith = (id: string, more: Partial<Recipient> = {}): Recipient => ({
  id,
  email: more.webhook === undefined ? ['ops@example.com'] : null,
  webhook: null,
  secrets: more.webhook === undefined ? {} : { signing: `env:${id.toUpperCase()}_SIGNING` },
  connections: null,
  systems: null,
  causes: null,
  remindHours: REMIND_HOURS,
  ...more,
})

/** Dead letters that a vendor refused. */
export const failedConcern: Concern = {
  key: 'failed 25c9d5f105080966',
  cause: 'failed',
  connections: ['magento-netsuite'],
  title: '12 records failed at deliver-netsuite: target_rejected (items)',
  detail: 'NetSuite knows no item <b>WS-1</b>',
  since: null,
  fix: 'waldstream dead-letters show 7c1f',
  page: '/problems/25c9d5f105080966',
}

/** A stage that is paused. */
export const pausedConcern: Concern = {
  key: 'paused deliver-netsuite magento-netsuite',
  cause: 'paused',
  connections: ['magento-netsuite'],
  title: 'paused at deliver-netsuite: credentials_refused',
  detail: 'NetSuite refused the credentials',
  since: '2026-11-29T08:15:00.000Z',
  fix: 'waldstream pauses resume deliver-netsuite magento-netsuite',
  page: '/',
}
