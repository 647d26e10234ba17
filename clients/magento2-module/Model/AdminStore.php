<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Magento\Store\Model\Store;
use Magento\Store\Model\StoreManagerInterface;

/** Values are written for all store views, as an administrator writes them. */
class AdminStore
{
    /**
     * Constructor.
     *
     * @param StoreManagerInterface $stores
     */
    public function __construct(private readonly StoreManagerInterface $stores)
    {
    }

    /**
     * Do something in the store of the administration.
     *
     * @template T
     * @param \Closure(): T $does
     * @return T
     */
    public function in(\Closure $does): mixed
    {
        $before = $this->stores->getStore()->getId();
        $this->stores->setCurrentStore(Store::DEFAULT_STORE_ID);
        try {
            return $does();
        } finally {
            $this->stores->setCurrentStore($before);
        }
    }
}
