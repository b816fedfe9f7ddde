from koprogo.stack.cli import main

main()
