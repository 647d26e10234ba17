import { testEventLog } from '../../support/event-log-contract.ts'
import { kafkaLog } from './log-fixture.ts'

testEventLog(kafkaLog)
