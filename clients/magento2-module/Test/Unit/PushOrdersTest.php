<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Sales\Api\OrderRepositoryInterface;
use PHPUnit\Framework\TestCase;
use Waldstream\Client\FeedException;
use Waldstream\Client\Response;
use Waldstream\Feeds\Model\Order\OrderJson;
use Waldstream\Feeds\Model\Order\OrderLines;
use Waldstream\Feeds\Model\Order\OrderQueue;
use Waldstream\Feeds\Model\Order\PushOrders;

final class PushOrdersTest extends TestCase
{
    private SqliteAdapter $db;
    private OrderQueue $queue;
    private FakeTransport $transport;

    protected function setUp(): void
    {
        $this->db = new SqliteAdapter();
        $this->queue = new OrderQueue(SqliteAdapter::resource($this->db));
        $this->transport = new FakeTransport([]);
    }

    private function push(): PushOrders
    {
        $orders = new class implements OrderRepositoryInterface {
            public function get(int $id): FakeData
            {
                if ($id === 404) {
                    throw new NoSuchEntityException('gone');
                }
                if ($id === 500) {
                    throw new \TypeError('a plugin breaks');
                }
                if ($id === 405) {
                    // Its getters fail: a plugin misses something that the order refers to.
                    return new FakeData(['UpdatedAt' => new class {
                        public function __toString(): string
                        {
                            throw new NoSuchEntityException('there is no such store');
                        }
                    }]);
                }
                return new FakeData([
                    'EntityId' => $id,
                    'IncrementId' => "00{$id}",
                    'CreatedAt' => '2026-01-31 08:00:00',
                    'UpdatedAt' => '2026-01-31 09:00:00',
                    'Items' => [],
                ]);
            }
        };
        $json = new OrderJson(new OrderLines());
        return new PushOrders(FakeConfig::with(), $this->queue, $orders, $json, $this->transport);
    }

    private static function answer(int $status): Response
    {
        return new Response($status, [], '{"detail":"it is so"}');
    }

    public function testPushesEachOrderOnce(): void
    {
        array_map($this->queue->add(...), [1, 2, 1, 404]);
        $this->transport->responses = [self::answer(202), self::answer(202)];
        self::assertSame(3, $this->push()->run());
        self::assertCount(2, $this->transport->requests);
        $expected = 'http://api.example/v1/orders/magento?occurredAt=2026-01-31T09%3A00%3A00Z';
        self::assertSame($expected, $this->transport->requests[0]['url']);
        self::assertStringContainsString('"orderNumber":"001"', (string) $this->transport->requests[0]['body']);
        self::assertSame(0, $this->queue->size());
    }

    public function testAnOrderThatIsRefusedDoesNotHoldUpTheOthers(): void
    {
        array_map($this->queue->add(...), [1, 2]);
        $this->transport->responses = [self::answer(400), self::answer(202)];
        self::assertSame(1, $this->push()->run());
        self::assertSame(1, $this->queue->size());
        self::assertSame([], $this->queue->next(10, time()));
        self::assertCount(1, $this->queue->next(10, time() + 61));
    }

    public function testAnErrorOfAPluginDoesNotHoldUpTheOtherOrders(): void
    {
        array_map($this->queue->add(...), [500, 501]);
        $this->transport->responses = [self::answer(202)];
        self::assertSame(1, $this->push()->run());
        self::assertSame([], $this->queue->next(10, time()));
        self::assertSame([500], array_column($this->queue->next(10, time() + 61), 'order_id'));
    }

    public function testAnOrderOfWhichAPartIsMissingIsNotTakenForGone(): void
    {
        $this->queue->add(405);
        self::assertSame(0, $this->push()->run());
        self::assertSame(1, $this->queue->size());
        self::assertSame('there is no such store', $this->db->fetchOne('SELECT error FROM waldstream_order'));
    }

    public function testAnOrderWhoseProcessDiedIsPushedLater(): void
    {
        $this->queue->add(1);
        $this->transport->onSend = fn () => self::assertSame([], $this->queue->next(10, time()));
        $this->transport->responses = [self::answer(202)];
        self::assertSame(1, $this->push()->run());
        self::assertSame(0, $this->queue->size());
    }

    public function testAnApiThatIsDownIsAskedOnce(): void
    {
        array_map($this->queue->add(...), [1, 2]);
        $this->transport->responses = [self::answer(503), self::answer(202)];
        self::assertSame(0, $this->push()->run());
        self::assertCount(1, $this->transport->requests);
        self::assertSame(2, $this->queue->size());
    }

    public function testAnOrderThatChangesWhileItIsPushedStaysQueued(): void
    {
        $this->queue->add(1);
        [$due] = $this->queue->next(10, time());
        $this->queue->add(1);
        $this->queue->remove(1, (int) $due['revision']);
        self::assertSame(1, $this->queue->size());
    }

    public function testAnOrderThatChangesWhileItIsPushedIsNotPostponed(): void
    {
        $this->queue->add(1);
        $this->transport->onSend = function (): void {
            $this->transport->onSend = null;
            $this->queue->add(1);
        };
        $this->transport->responses = [self::answer(400)];
        self::assertSame(0, $this->push()->run());
        self::assertSame([1], array_column($this->queue->next(10, time()), 'order_id'));
    }

    public function testAnOrderThatChangesInARunIsPushedAgainByTheNextRunAlone(): void
    {
        array_map($this->queue->add(...), [1, 2]);
        $this->transport->onSend = function (): void {
            $this->transport->onSend = null;
            $this->queue->add(1);
        };
        $this->transport->responses = [self::answer(202), self::answer(202), self::answer(202)];
        self::assertSame(2, $this->push()->run());
        self::assertSame(1, $this->queue->size());
        self::assertSame(1, $this->push()->run());
        self::assertSame(0, $this->queue->size());
    }

    public function testAFailureThatPassesIsTriedAgainAfterAMinuteHoweverOftenItCame(): void
    {
        $this->queue->add(1);
        $noAnswer = new FeedException('unavailable', 'no complete answer', transient: true);
        $failures = [self::answer(503), self::answer(429), self::answer(401), $noAnswer, self::answer(502)];
        foreach ($failures as $failure) {
            $this->db->update('waldstream_order', ['next_attempt_at' => 0], ['order_id = ?' => 1]);
            $this->transport->responses = [$failure];
            self::assertSame(0, $this->push()->run());
            self::assertSame([], $this->queue->next(1, time()));
            self::assertSame([0], array_map('intval', array_column($this->queue->next(1, time() + 61), 'attempts')));
        }
    }
}
