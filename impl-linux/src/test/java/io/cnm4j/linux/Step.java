package io.cnm4j.linux;

/** Something that a user does after other things, in an order after all of which the host is as before. */
interface Step {
    /** Does it. */
    void run(Lab lab);

    /** Does all that comes before it. */
    void prepare(Lab lab);

    /** Tells whether it is here for the others only, and neither fails nor dies. */
    default boolean isGiven() {
        return false;
    }

    /** Tells whether a failure of it leaves all as it was. */
    boolean makes();

    /** Tells whether it can be done again when it is done. */
    default boolean repeats() {
        return false;
    }
}
