package io.cnm4j.driver.ipam;

import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.tck.IpamContract;

class PoolIpamContractTest extends IpamContract {
    @Override
    protected IpamDriver newDriver() {
        return new PoolIpamDriver();
    }
}
