from koprogo.operator.main import main

main()
