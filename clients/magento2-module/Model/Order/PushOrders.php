<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model\Order;

use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Sales\Api\Data\OrderInterface;
use Magento\Sales\Api\OrderRepositoryInterface;
use Waldstream\Client\FeedException;
use Waldstream\Client\Response;
use Waldstream\Client\Transport;
use Waldstream\Feeds\Model\Config;

/** Pushes the queued orders. An order that was pushed already is not published again, so a push may safely repeat. */
class PushOrders
{
    private const BATCH = 50;
    private const TIMEOUT = 30.0;
    /** An answer that says nothing of the order. */
    private const NOT_OF_THE_ORDER = [401, 403, 408, 425, 429];

    /**
     * Constructor.
     *
     * @param Config $config
     * @param OrderQueue $queue
     * @param OrderRepositoryInterface $orders
     * @param OrderJson $json
     * @param Transport $transport
     */
    public function __construct(
        private readonly Config $config,
        private readonly OrderQueue $queue,
        private readonly OrderRepositoryInterface $orders,
        private readonly OrderJson $json,
        private readonly Transport $transport,
    ) {
    }

    /**
     * Push what is due, each order once: Magento's repository keeps the orders that it read, so what changes during
     * the run is left to the next one.
     *
     * @return int orders that were pushed
     */
    public function run(): int
    {
        $endsAt = microtime(true) + $this->config->seconds();
        $tried = [];
        $pushed = 0;
        while (microtime(true) < $endsAt) {
            $due = array_filter(
                $this->queue->next(self::BATCH, time()),
                static fn (array $item): bool => !isset($tried[$item['order_id']]),
            );
            if ($due === []) {
                break;
            }
            foreach ($due as $item) {
                $tried[$item['order_id']] = true;
                $error = $this->pushItem($item);
                if ($error === null) {
                    $pushed++;
                } elseif ($error->transient) {
                    // The API is down, or refuses the key: the next order would fare no better.
                    return $pushed;
                }
            }
        }
        return $pushed;
    }

    /**
     * Push one order of the queue.
     *
     * @param array{order_id: int|string, revision: int|string, attempts: int|string} $item
     * @return FeedException|null null: the API has it, or it is gone
     */
    private function pushItem(array $item): ?FeedException
    {
        [$id, $revision, $attempts] = [(int) $item['order_id'], (int) $item['revision'], (int) $item['attempts']];
        // Counted before it is made: an order whose process dies is also pushed later and later.
        $this->queue->postpone($id, $revision, $attempts + 1, 'the process ended during the push', time());
        $error = $this->push($id);
        if ($error === null) {
            $this->queue->remove($id, $revision);
        } elseif ($error->transient) {
            $this->queue->postponeShortly($id, $revision, $attempts, $error->getMessage(), time());
        } else {
            $this->queue->postpone($id, $revision, $attempts + 1, $error->getMessage(), time());
        }
        return $error;
    }

    /**
     * Push one order.
     *
     * @param int $id
     * @return FeedException|null null: the API has it, or it is gone
     */
    private function push(int $id): ?FeedException
    {
        try {
            $order = $this->find($id);
            if ($order === null) {
                return null;
            }
            $response = $this->send($order);
        } catch (FeedException $error) {
            return $error;
        } catch (\Throwable $error) {
            return new FeedException('order_invalid', $error->getMessage(), previous: $error);
        }
        if ($response->status === 202) {
            return null;
        }
        $problem = json_decode($response->body, true);
        $detail = is_array($problem) ? ($problem['detail'] ?? null) : null;
        return new FeedException(
            'refused',
            "status {$response->status}: " . (is_string($detail) ? $detail : substr($response->body, 0, 300)),
            $response->status,
            transient: $response->status >= 500 || in_array($response->status, self::NOT_OF_THE_ORDER, true),
        );
    }

    /**
     * The order. Null: it is gone.
     *
     * @param int $id
     * @return OrderInterface|null
     */
    private function find(int $id): ?OrderInterface
    {
        try {
            return $this->orders->get($id);
        } catch (NoSuchEntityException) {
            return null;
        }
    }

    /**
     * Send an order to the API.
     *
     * @param OrderInterface $order
     * @return Response
     * @throws FeedException if there is no answer
     * @throws \JsonException
     */
    private function send(OrderInterface $order): Response
    {
        $headers = ['Content-Type' => 'application/json', 'Accept' => 'application/json'];
        if ($this->config->key() !== null) {
            $headers['Authorization'] = 'Bearer ' . $this->config->key();
        }
        $url = $this->config->address() . '/v1/orders/' . rawurlencode($this->config->orderSource())
            . '?occurredAt=' . rawurlencode($this->json->changedAt($order));
        $body = json_encode($this->json->of($order), JSON_THROW_ON_ERROR);
        return $this->transport->send($url, $headers, self::TIMEOUT, $body);
    }
}
