package dev.pier.erlang.conformance;

/// The sections of the documents, in their order. What a node does where they are silent is what OTP's own source does.
public enum Section {
    EPMD("EPMD Protocol", "erl_dist_protocol"),
    HANDSHAKE("Distribution Handshake", "erl_dist_protocol"),
    FLAGS("Distribution Flags", "erl_dist_protocol"),
    FRAMES("Protocol between Connected Nodes", "erl_dist_protocol"),
    HEADER("Distribution Header", "erl_ext_dist"),
    CONTROL("Control Messages", "erl_dist_protocol"),
    LINKS("Link Protocol", "erl_dist_protocol"),
    SILENT("Where the documents are silent", "dist.c, dist_util.erl, net_kernel.erl");

    private final String title;
    private final String document;

    Section(String title, String document) {
        this.title = title;
        this.document = document;
    }

    String title() {
        return title;
    }

    String document() {
        return document;
    }
}
