"""Everything that can go wrong, done to a running bot on purpose, and an independent look after.

python -m bench.faults --runs 200 --seed 1 --engine sqlite --json
python -m bench.faults.boundaries --json
python -m bench.faults.power --json
python -m bench.faults.replicas --times 20 --json
"""
