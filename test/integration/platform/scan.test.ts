import { describe } from 'vitest'
import { testScan } from '../../support/event-log-contract.ts'
import { openLog } from './log-fixture.ts'

describe('a scan of Kafka', () => testScan(openLog))
