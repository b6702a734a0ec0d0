module caravan.invalid/toolchain/pause

go 1.26.0
