package io.cnm4j.spi.ipam;

/** A kind of address management; found by {@link java.util.ServiceLoader}. */
public interface IpamDriver {

    /** Returns the name by which a network asks for it. */
    String name();

    /** Opens this address space for one controller. */
    Ipam open(AddressSpace space);
}
