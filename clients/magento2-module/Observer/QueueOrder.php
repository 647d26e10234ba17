<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Observer;

use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\Order\OrderQueue;

/** Queues an order whenever it is saved. Nothing is sent here: a checkout never waits for the API. */
class QueueOrder implements ObserverInterface
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param OrderQueue $queue
     */
    public function __construct(private readonly Config $config, private readonly OrderQueue $queue)
    {
    }

    /**
     * @inheritdoc
     */
    public function execute(Observer $observer): void
    {
        if ($this->config->pushesOrders()) {
            $this->queue->add((int) $observer->getEvent()->getData('order')->getId());
        }
    }
}
