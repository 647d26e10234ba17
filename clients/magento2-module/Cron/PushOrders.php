<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Cron;

use Waldstream\Feeds\Model\Config;
use Waldstream\Feeds\Model\Order\PushOrders as Push;

/** Pushes orders by schedule. */
class PushOrders
{
    /**
     * Constructor.
     *
     * @param Config $config
     * @param Push $push
     */
    public function __construct(private readonly Config $config, private readonly Push $push)
    {
    }

    /**
     * Push what is queued where it is switched on.
     *
     * @return void
     */
    public function execute(): void
    {
        if ($this->config->pushesOrders()) {
            $this->push->run();
        }
    }
}
