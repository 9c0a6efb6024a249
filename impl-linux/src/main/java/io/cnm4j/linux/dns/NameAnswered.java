package io.cnm4j.linux.dns;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One answer, for the flight recorder. */
@Name("io.cnm4j.NameAnswered")
@Label("Name answered")
@Category({"cnm4j", "Names"})
@Description("A question from a sandbox was answered")
@StackTrace(false)
final class NameAnswered extends Event {
    @Label("Container")
    String container = "";

    @Label("Name")
    String name = "";

    @Label("Type")
    int type;

    @Label("Source")
    String source = "";

    @Label("Code")
    int code;
}
